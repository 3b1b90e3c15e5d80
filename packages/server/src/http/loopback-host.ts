/**
 * Whether the host of a URL is this machine.
 *
 * @param hostname as a parsed URL has it.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
