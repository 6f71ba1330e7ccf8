/** Matters under the industries that they belong to, both in the order in which they come. */
export function byIndustry<Matter extends { industry_name: string }>(matters: readonly Matter[]): { name: string; matters: Matter[] }[] {
  const groups = new Map<string, Matter[]>()
  for (const matter of matters) groups.set(matter.industry_name, [...(groups.get(matter.industry_name) ?? []), matter])
  return [...groups].map(([name, own]) => ({ name, matters: own }))
}
