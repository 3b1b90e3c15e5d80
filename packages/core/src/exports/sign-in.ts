export { type BrowserOptions, openBrowser } from '../sign-in/open-browser.js'
export { beginSignIn, completeSignIn, type PendingSignIn, type SignInOptions } from '../web-sign-in.js'
