export { type ApiBody, maxApiBodyBytes, readApiBody } from '../api/api-body.js'
export { apiPages } from '../api/api-pages.js'
export { type ApiRequest, type CheckedApiRequest, checkApiRequest } from '../api/api-request.js'
export {
  type ApiCallOptions,
  type ApiResponse,
  callApi,
  requireSuccess,
  requireWholeBody,
  restOfBody,
} from '../api/call-api.js'
export { jsonBodyOf, type RequestField, withQuery } from '../api/request-fields.js'
export { defaultFetch } from '../deps.js'
export { networkError } from '../http/network-error.js'
export { printable } from '../safe-text.js'
