/** Decodes a segment of a path. One that is not percent-encoded correctly is returned as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
