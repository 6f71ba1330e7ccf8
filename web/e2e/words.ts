/**
 * Words on a page that are not Chinese and have no reason to be there. Runs in the page: it may use nothing from outside.
 *
 * What is nobody's language is marked by `translate="no"`, `code` or `kbd`: login names, keys, fingerprints, file names.
 */
export function foreignWords(): string[] {
  /** Names of things that are called so in Chinese as well. */
  const called = new Set([
    // Documents, and what is drawn on them.
    'PDF', 'OFD', 'XLSX', 'CSV', 'ZIP', 'JSON', 'JPG', 'JPEG', 'PNG', 'QR', 'HTML', 'xlsx', 'csv', 'Excel', 'WPS', 'Word', 'UTF-8', 'GBK',
    // Quantities.
    'KB', 'MB', 'GB', 'kB', 'kW', 'kg', 'km', 'mm', 'MPa', 'kPa', 'KiB', 'MiB',
    // Connections.
    'IP', 'URL', 'HTTP', 'HTTPS', 'API', 'SMTP', 'App', 'Wi-Fi', 'iCalendar', 'UKey', 'CA', 'ID',
    // Our own program, and the letters of the industries in the numbers of licences.
    'anxu', 'WH', 'FM', 'JZ', 'MK', 'YH', 'MB',
    // Names of programs and machines, as a session shows them.
    'Chrome', 'Chromium', 'Edge', 'Firefox', 'Safari', 'Windows', 'Linux', 'macOS', 'Android', 'iPhone', 'iOS', 'Mac', 'HarmonyOS',
    // Procedures that have no other name.
    'SHA-256', 'SM2', 'SM3', 'RFC', 'SHA', 'MD5', 'HAZOP', 'LOPA', 'SIL', 'LNG', 'LPG', 'Ctrl', 'Esc',
  ])
  const sound = (word: string): boolean =>
    called.has(word) ||
    // Codes and numbers of documents: capitals with figures among them (91360102MA4G7H2K1X, GB/T 33000-2016, DB36).
    (/^[A-Z0-9-]+$/.test(word) && /\d/.test(word)) ||
    // National standards stand with their series.
    /^(GB|GB\/T|AQ|AQ\/T|DB|JGJ|JGJ\/T|GA|HJ|TSG|WJ|XF)$/.test(word) ||
    // Identifiers of electronic licences (GB/T 36904), and fingerprints.
    /^(1\.2\.156\.)?[0-9A-Z]+(\.[0-9A-Z]+){2,}$/.test(word) ||
    /^[0-9a-f]{12,64}$/.test(word) ||
    // Endings of file names.
    /^\.?(pdf|png|jpe?g|xlsx|csv|docx?|zip|ofd)$/.test(word)
  const found = new Set<string>()
  const check = (text: string, where: string): void => {
    // The numbers of licences carry the letters of their industry.
    const said = text.replace(/（.{1,3}）[A-Z]{2}安许证字〔\d{4}〕\d+(-[A-Z]\d+)?/g, '')
    for (const match of said.matchAll(/[A-Za-z0-9_.-]*[A-Za-z]{2,}[A-Za-z0-9_.-]*/g)) {
      const word = match[0].replace(/^[-_]+|[-_.]+$/g, '')
      if (!sound(word)) found.add(`“${word}” in ${where} “${text.trim().slice(0, 60)}”`)
    }
    // A function printed, a value that is missing, a sum that is none.
    for (const slip of text.match(/\[object|=>|\bNaN\b|\bundefined\b|\bnull\b/g) ?? []) found.add(`“${slip}” in ${where}`)
  }
  const nobodys = '[translate="no"], code, kbd, samp, script, style, noscript, template'
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const holder = node.parentElement
    if (!holder || !node.textContent?.trim() || holder.closest(nobodys)) continue
    check(node.textContent, holder.localName)
  }
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest(nobodys)) continue
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description']) {
      const text = element.getAttribute(name)
      if (text) check(text, name)
    }
  }
  return [...found]
}
