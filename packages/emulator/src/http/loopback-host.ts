/** Whether the `Host` of a request names this machine. Another name can be a web page that uses DNS rebinding. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host)
}
