import { decideActivation, enterCode, showActivate, signInToActivate } from '../../sign-in/activate.js'
import { cancelSignIn, showSignIn, signIn } from '../../sign-in/sign-in.js'
import { type Endpoint, page } from '../table/endpoint.js'
import { home } from './home.js'

const atCustomServers = true

/** The pages for users. */
export const PAGE_ENDPOINTS: readonly Endpoint[] = [
  page('GET', '/', 'Describes the org.', home),
  page('GET', '/signin/{uid}', 'The sign-in page.', showSignIn, { atCustomServers }),
  page('POST', '/signin/{uid}', 'Signs the user in.', signIn, { atCustomServers }),
  page('GET', '/signin/{uid}/cancel', 'Returns to the app with `access_denied`.', cancelSignIn, { atCustomServers }),
  page('GET', '/activate', 'The page on which a user enters the code of a device.', showActivate),
  page('POST', '/activate', 'Shows what the device requests.', enterCode),
  page('POST', '/activate/sign-in', 'Signs the user in.', signInToActivate),
  page('POST', '/activate/decision', 'Allows or denies the request.', decideActivation),
]
