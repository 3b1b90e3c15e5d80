import { generateKeyPairSync } from 'node:crypto'
import { type ClientKeyAlgorithm, publicJwkOf } from '@connect-okta/core/keys'
import { type ClientConfig, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { Shell } from './shell.test.support.js'

const { privateKey, privateJwk, publicJwk } = rsaKey()
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** The members of the private keys that are secret. */
export const privateMembers = (['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
  .map(name => String(privateJwk[name]))
  .concat(String(ec.privateKey.export({ format: 'jwk' }).d))

/**
 * Functions for scripts, with the keys of `$given`: `New-TestKey` makes an RSA object that cannot be exported, counts its signatures and
 * detects two at once. `New-TestCertificate` makes a certificate with its private key.
 */
export const keyFunctions = `
if (-not ('TestRsa' -as [type])) {
  Add-Type -TypeDefinition @'
using System.Security.Cryptography;
using System.Threading;
public class TestRsa : RSA {
  public static int Signatures, Exports, Overlaps;
  static int users;
  readonly RSA inner;
  public bool IsCancelled, IsEmpty;
  public string Failure;
  public TestRsa(RSA inner) { this.inner = inner; KeySizeValue = inner.KeySize; }
  public override RSAParameters ExportParameters(bool includePrivate) {
    if (includePrivate) { Exports++; throw new CryptographicException("This key cannot be exported."); }
    return IsEmpty ? new RSAParameters() : inner.ExportParameters(false);
  }
  public override void ImportParameters(RSAParameters parameters) { throw new CryptographicException(); }
  public override byte[] SignHash(byte[] hash, HashAlgorithmName name, RSASignaturePadding padding) {
    if (Failure != null) throw new CryptographicException(Failure);
    if (IsCancelled) throw new CryptographicException(unchecked((int) 0x80090036));
    if (Interlocked.Increment(ref users) > 1) Overlaps++;
    try { Signatures++; Thread.Sleep(20); return inner.SignHash(hash, name, padding); }
    finally { Interlocked.Decrement(ref users); }
  }
}
'@
}
function New-TestRsa { $rsa = [Security.Cryptography.RSA]::Create(); $rsa.ImportFromPem($given.rsa); $rsa }
function New-TestEcdsa { $ecdsa = [Security.Cryptography.ECDsa]::Create(); $ecdsa.ImportFromPem($given.ec); $ecdsa }
function New-TestKey { [TestRsa]::new((New-TestRsa)) }
function New-TestCertificate($key = (New-TestRsa), [int] $from = -1, [int] $to = 1, [string] $subject = 'CN=app') {
  $name = [Security.Cryptography.X509Certificates.X500DistinguishedName]::new($subject)
  $arguments = @($name, $key, [Security.Cryptography.HashAlgorithmName]::SHA256)
  if ($key -is [Security.Cryptography.RSA]) { $arguments += [Security.Cryptography.RSASignaturePadding]::Pkcs1 }
  $request = New-Object Security.Cryptography.X509Certificates.CertificateRequest $arguments
  $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays($from), [DateTimeOffset]::UtcNow.AddDays($to))
}
function Add-TestCertificate($certificate) {
  $store = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
  $store.Open('ReadWrite'); $store.Add($certificate); $store.Close()
}`

/** A public key with its thumbprint as `kid`, as New-OktaJsonWebKey shows it. */
export function shownJwk(algorithm: ClientKeyAlgorithm, publicJwk: object) {
  return publicJwkOf({ algorithm, publicJwk, sign: async data => data })
}

/** An org with apps for an RSA key and an EC key, with Bearer tokens and with DPoP, and a shell. */
export async function startOrgWithKeys(env: Readonly<Record<string, string>> = {}) {
  const app = { kind: 'service', scopes: ['okta.users.read'] } satisfies ClientConfig
  const [rsaJwk, ecJwk] = [shownJwk('RS256', publicJwk), shownJwk('ES256', ec.publicKey.export({ format: 'jwk' }))].map(
    jwk => JSON.stringify(jwk),
  )
  const okta: OktaEmulator = await startOktaEmulator({
    clients: [
      { ...app, jwks: rsaJwk },
      { ...app, jwks: rsaJwk, dpop: true },
      { ...app, jwks: ecJwk },
      { ...app, jwks: ecJwk, dpop: true },
      { ...app, jwks: JSON.stringify({ ...publicJwk, kid: 'mine' }) },
    ],
  })
  const shell = await Shell.start(env)
  const [bearer, dpop, ecBearer, ecDpop, ownKeyId] = okta.clients.map(({ clientId }) => clientId)
  const given = {
    tenant: okta.orgUrl.origin,
    bearer,
    dpop,
    ecBearer,
    ecDpop,
    ownKeyId,
    rsa: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    ec: ec.privateKey.export({ format: 'pem', type: 'pkcs8' }),
  }
  return {
    okta,
    shell,
    given,
    run: async (script: string, more: object = {}) =>
      await shell.runInNewRunspace(`${keyFunctions}\n${script}`, { ...given, ...more }),
    async [Symbol.asyncDispose]() {
      await shell[Symbol.asyncDispose]()
      await okta.close()
    },
  }
}
