const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\//, 'EDGE'],
  [/\bFirefox\//, 'FIREFOX'],
  [/\bChrome\//, 'CHROME'],
  [/\bSafari\//, 'SAFARI'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows NT 10/, 'Windows 10'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bMac OS X\b/, 'Mac OS X'],
  [/\bAndroid\b/, 'Android'],
  [/\bLinux\b/, 'Linux'],
]
const MOBILE: readonly string[] = ['iOS', 'Android']

/** The user agent and the device of a log event. */
export function describeUserAgent(rawUserAgent: string) {
  const browser = BROWSERS.find(([pattern]) => pattern.test(rawUserAgent))?.[1] ?? 'UNKNOWN'
  const os = SYSTEMS.find(([pattern]) => pattern.test(rawUserAgent))?.[1] ?? 'Unknown'
  return { userAgent: { rawUserAgent, os, browser }, device: deviceOf(browser, os) }
}

function deviceOf(browser: string, os: string): string {
  if (MOBILE.includes(os)) return 'Mobile'
  return browser === 'UNKNOWN' ? 'Unknown' : 'Computer'
}
