/**
 * What is wrong with an expression: `syntax`, an unknown `operator`, a `property` that the list does not support, an
 * operator that the list does not support for the property (`combination`), or a value of the wrong type (`value`, `date`).
 */
export type ExpressionProblem = 'syntax' | 'operator' | 'property' | 'combination' | 'value' | 'date'

/** An invalid expression of a `filter` or `search` parameter. */
export class ExpressionError extends Error {
  /**
   * @param detail what was found, for example the name of the property
   * @param position the index of the first wrong character
   * @param property the property that an operator or a value does not fit
   */
  constructor(
    readonly problem: ExpressionProblem,
    readonly detail: string,
    readonly position: number,
    readonly property = '',
  ) {
    super(`Invalid expression at position ${position}: ${problem} ${detail}`)
    this.name = 'ExpressionError'
  }
}
