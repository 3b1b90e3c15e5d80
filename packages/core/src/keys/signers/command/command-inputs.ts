/** The values of {@link CommandInput}. */
export const commandInputs = ['message', 'digest', 'message-base64', 'digest-base64'] as const
/** What a command reads from its standard input: the data or its digest, as bytes or as one line of Base64. */
export type CommandInput = (typeof commandInputs)[number]
