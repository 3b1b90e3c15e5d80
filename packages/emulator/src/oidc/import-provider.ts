/**
 * Imports oidc-provider without its notices. On Node 20 it prints "Unsupported runtime"; other notices go to stdout, which
 * must contain only JSON with `--json`.
 */
export async function importOidcProvider(): Promise<typeof import('oidc-provider')> {
  loading ??= importQuietly()
  return loading
}

let loading: Promise<typeof import('oidc-provider')> | undefined

async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const { info, warn } = console
  const withoutNotices =
    (print: typeof console.info): typeof console.info =>
    (...args) => {
      if (!/oidc-provider (NOTICE|WARNING): /.test(String(args[0]))) print(...args)
    }
  console.info = withoutNotices(info)
  console.warn = withoutNotices(warn)
  try {
    return await import('oidc-provider')
  } finally {
    console.info = info
    console.warn = warn
  }
}
