/**
 * The trust domain of a SPIFFE ID.
 *
 * @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 */
export function trustDomainOf(spiffeId: string): string | undefined {
  const { domain, path = '' } =
    /^spiffe:\/\/(?<domain>[a-z0-9._-]{1,255})\/(?<path>.{1,2048})$/.exec(spiffeId)?.groups ?? {}
  const segments = path.split('/')
  return segments.every(one => /^[A-Za-z0-9._*-]+$/.test(one) && !/^\.{1,2}$/.test(one)) ? domain : undefined
}
