/**
 * What the user can do about an error, where an interface has its own name for it: a flag, a parameter, an option. Each
 * interface words the remedies that it has a name for, and shows the `hint` of the error for the others.
 */
export type Remedy =
  /** Sign in, for the first time or again. */
  | { readonly id: 'sign_in' }
  /** Give the private key or the client secret of the app again: it is not stored. */
  | { readonly id: 'give_credential' }
  /** Sign in without a browser on this machine: with the address only, or on another device. */
  | { readonly id: 'sign_in_elsewhere' }
  /** Register another redirect URI with the app, and use it. */
  | { readonly id: 'change_redirect_uri'; readonly redirectUri: string }
