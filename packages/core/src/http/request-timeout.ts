/** The reason with which a request is aborted that takes too long. */
export class RequestTimeout extends Error {}
