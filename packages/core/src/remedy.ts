/**
 * What the user can do about an error, in machine-readable form. An interface with a flag, parameter or option for it
 * shows its own text with that name. Otherwise, it shows the `hint` of the error.
 */
export type Remedy =
  /** Sign in, for the first time or again. `hasOthers`: the store has sign-ins, but none that matches. */
  | { readonly id: 'sign_in'; readonly hasOthers?: boolean }
  /** Give the private key or the client secret of the app again: it is not stored. */
  | { readonly id: 'give_credential' }
  /** Sign in without a browser on this machine: with the URL only, or on another device. */
  | { readonly id: 'sign_in_elsewhere' }
  /** Register another redirect URI with the app, and use it. */
  | { readonly id: 'change_redirect_uri'; readonly redirectUri: string }
  /** Give the passphrase of the encrypted private key. */
  | { readonly id: 'give_passphrase' }
  /** Use the org authorization server: only it has `okta.*` scopes. */
  | { readonly id: 'omit_authorization_server' }
  /** Use a custom authorization server: the org authorization server has only `okta.*` scopes. */
  | { readonly id: 'set_authorization_server' }
  /** Check the configuration of the broker. To use the org that it names now, log out, or force a new sign-in. */
  | { readonly id: 'accept_org' }
  /** Give the credential of the client of a broker: a secret, a key, or an identity token of the platform. */
  | { readonly id: 'give_identity_token' }
