/** Reads the fields of a message of SSH (RFC 4251 §5). Each throws a `RangeError` if the message is too short. */
export class WireReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    const value = this.#bytes.readUInt8(this.#position)
    this.#position += 1
    return value
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#position)
    this.#position += 4
    return value
  }

  /** A field with its length before it: `string` or `mpint`. */
  string(): Buffer {
    const length = this.uint32()
    if (length > this.#bytes.byteLength - this.#position) throw new RangeError('A field is longer than its message.')
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  text(): string {
    return this.string().toString('utf8')
  }
}

/** Returns a field with its length before it (RFC 4251 §5). */
export function wireString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([wireUint32(bytes.byteLength), bytes])
}

/** Returns a number of four bytes. */
export function wireUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
