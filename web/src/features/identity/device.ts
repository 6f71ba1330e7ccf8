/** Browsers by a mark in their name, the more special first: almost all of them also call themselves Chrome and Safari. */
const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'],
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

const first = (names: readonly [RegExp, string][], agent: string): string | undefined => names.find(([mark]) => mark.test(agent))?.[1]

/** A browser's long name for itself in two words; empty where it is none that is known. */
export const device = (agent: string): string => [first(browsers, agent), first(systems, agent)].filter(Boolean).join(' · ')

export const isPhone = (agent: string): boolean => /Mobile|Android|iPhone|HarmonyOS/.test(agent)
