/**
 * Imports oidc-provider without the notices it prints. On Node 20 it says "Unsupported runtime" while it loads; its
 * other notices go to stdout, where the command's JSON must stand alone.
 */
export async function importOidcProvider(): Promise<typeof import('oidc-provider')> {
  loading ??= importQuietly()
  return loading
}

let loading: Promise<typeof import('oidc-provider')> | undefined

async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const { info, warn } = console
  const unlessNotice =
    (print: typeof console.info): typeof console.info =>
    (...words) => {
      if (!/oidc-provider (NOTICE|WARNING): /.test(String(words[0]))) print(...words)
    }
  console.info = unlessNotice(info)
  console.warn = unlessNotice(warn)
  try {
    return await import('oidc-provider')
  } finally {
    console.info = info
    console.warn = warn
  }
}
