import { drawSequence, frame, text } from './draw-sequence.mjs'

const [person, client, okta, api] = [0, 1, 2, 3]
const actors = ['You and your browser', 'Connect-Okta', "Okta's token server", "Okta's API"]

const interactive = {
  title: 'Authorization code with PKCE: a person signs in',
  actors,
  steps: [
    [client, client, 'makes a code_verifier, a secret', 'and shows Okta its SHA-256 alone'],
    [client, person, 'opens the browser', 'with client id, scopes, challenge, state'],
    [person, okta, 'signs in, with every factor of your policy', 'at your org, as always'],
    [okta, person, 'sends the browser back, with a code', 'http://localhost:8080/login/callback'],
    [person, client, 'brings the code', 'to this machine alone'],
    [client, okta, 'code and code_verifier', 'who has seen the code alone cannot use it'],
    [okta, client, 'access token, refresh token', 'the access token is good for an hour'],
    [client, api, 'GET /api/v1/users', 'Authorization: Bearer …'],
    [client, okta, 'refresh token, when the hour is over', 'nobody is asked'],
  ],
}

const headless = {
  title: 'Client credentials with a signed JWT: a program connects',
  actors: ['Your private key', 'Connect-Okta', "Okta's token server", "Okta's API"],
  steps: [
    [client, person, 'a statement of 5 minutes, to be signed', 'client id, this endpoint, an id used once'],
    [person, client, 'signature', 'the key itself goes nowhere'],
    [client, okta, 'the signed statement, and a DPoP proof', 'the proof only where the app demands it'],
    [okta, okta, 'checks it', 'with the public key of the app'],
    [okta, client, 'access token', 'good for an hour, no refresh token'],
    [client, api, 'GET /api/v1/users', 'Authorization: Bearer … or DPoP …, with a proof'],
    [client, okta, 'a new statement, when the hour is over', 'so a program needs the key again'],
  ],
}

/** The pictures that are drawn from words, by file name. */
export const diagrams = {
  'interactive.svg': () => drawSequence(interactive),
  'headless.svg': () => drawSequence(headless),
  'architecture.svg': drawArchitecture,
}

function drawArchitecture() {
  const doors = [
    ['PowerShell', 'Connect-Okta', 'module, with a shim process'],
    ['Shell', 'connect-okta', 'command line'],
    ['HTTP client', 'the broker', 'RFC 6749 endpoint'],
    ['TypeScript', 'connect()', 'your program'],
  ]
  const box = (kind, x, y, width, height) =>
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`
  const down = (x, from, to) => [
    `<path class="arrow" d="M${x} ${from}V${to}"/>`,
    `<path class="head" d="M${x} ${to}L${x - 5} ${to - 9}H${x + 5}Z"/>`,
  ]
  const parts = doors.flatMap(([name, what, how], index) => {
    const x = 30 + index * 230
    return [
      box('actor', x, 26, 205, 84),
      text(x + 102, 50, 'name', name),
      text(x + 102, 72, 'label', what),
      text(x + 102, 92, 'detail', how),
      ...down(x + 102, 114, 152),
    ]
  })
  parts.push(
    box('ours', 30, 156, 895, 176),
    text(477, 182, 'name', '@connect-okta/core'),
    ...[
      ['options', 'parsed once,', 'at the edge'],
      ['token source', 'memory, store,', 'refresh, grant'],
      ['grants', 'what goes into', 'a request'],
      ['token endpoint', 'proofs, retries,', 'errors'],
    ].flatMap(([name, first, second], index) => {
      const x = 56 + index * 220
      return [
        box('work', x, 204, 184, 100),
        text(x + 92, 232, 'name', name),
        text(x + 92, 258, 'detail', first),
        text(x + 92, 276, 'detail', second),
        ...(index < 3
          ? [
              `<path class="arrow" d="M${x + 187} 254H${x + 216}"/>`,
              `<path class="head" d="M${x + 217} 254L${x + 208} 249V259Z"/>`,
            ]
          : []),
      ]
    }),
    ...down(368, 308, 392),
    ...down(808, 308, 392),
    box('actor', 206, 396, 324, 76),
    text(368, 422, 'name', 'a store, shared by all doors'),
    text(368, 446, 'detail', 'memory · files · sealed by the keyring · Redis'),
    box('actor', 646, 396, 280, 76),
    text(786, 422, 'name', 'Okta'),
    text(786, 446, 'detail', 'or the emulator, or another server'),
  )
  return frame(956, 496, 'Four doors, one core, one store', parts)
}
