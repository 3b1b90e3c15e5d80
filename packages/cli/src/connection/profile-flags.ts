import { isSignerReference, type KeyReference, type Profile } from '@connect-okta/core/profiles'

/** The flags that select the connection of a profile, without its name, as the words of a command line. */
export function flagsOf({ key, keyPassphrase, clientSecret, ...profile }: Profile): readonly string[] {
  const flags: Record<string, string | undefined> = {
    tenant: profile.tenant,
    broker: profile.broker,
    connection: profile.connection,
    'client-id': profile.clientId,
    'authorization-server': profile.authorizationServer,
    scopes: profile.scopes?.join(','),
    ...flagOfKey(key),
    'key-id': profile.keyId,
    'key-passphrase-file': fileIn(keyPassphrase),
    'client-secret-file': fileIn(clientSecret),
    'identity-token-file': profile.identityTokenFile,
    store: profile.store,
  }
  return Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

function flagOfKey(key: KeyReference | undefined): Record<string, string> {
  if (key === undefined) return {}
  // No flag selects a command.
  if (isSignerReference(key)) return 'sshAgent' in key ? { 'ssh-agent': key.sshAgent } : {}
  if ('keyring' in key) return { 'jwk-keyring': key.keyring }
  return 'file' in key ? { 'jwk-file': key.file } : {}
}

function fileIn(reference: KeyReference | undefined): string | undefined {
  return reference !== undefined && 'file' in reference ? reference.file : undefined
}
