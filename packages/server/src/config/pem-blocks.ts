import { decodeText } from '@connect-okta/core/profiles'

/** A block of PEM, in lines of 64 characters. */
export interface PemBlock {
  readonly label: string
  readonly content: string
  readonly pem: string
}

const block = /-----BEGIN (?<label>[A-Z0-9 ]+)-----(?<content>.*?)-----END \k<label>-----/gs

/** The blocks of a PEM text, whatever happened to its line ends. */
export function pemBlocksIn(text: string): readonly PemBlock[] {
  const blocks = text
    .replace(/\\{1,8}r/g, '')
    .replace(/\\{1,8}n/g, '\n')
    .matchAll(block)
  return [...blocks].map(({ groups: { label = '', content = '' } = {} }) => {
    const lines = content.replace(/\s/g, '').replace(/.{1,64}/g, '$&\n')
    return { label, content, pem: `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n` }
  })
}

/** The bytes that a file has in Base64, as secret managers and env files store it, or the file itself. */
export function decodedIfBase64(bytes: Buffer): Buffer {
  const text = decodeText(bytes)
  const isBase64 = /^[A-Za-z0-9+/=\s_-]+$/.test(text) && !text.includes('-----')
  return isBase64 ? Buffer.from(text, 'base64') : bytes
}
