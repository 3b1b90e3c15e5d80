/**
 * Adds the header of its column to each cell of a table with more than two columns, as `data-label`. On a narrow screen, the style
 * sheet shows each row as a list, with these labels.
 *
 * @param tokens the tokens of a page
 */
export function labelCells(tokens) {
  let labels = []
  let column = 0
  tokens.forEach((token, index) => {
    if (token.type === 'table_open') labels = []
    if (token.type === 'tr_open') column = 0
    if (token.type === 'th_open') labels.push(textOf(tokens[index + 1]))
    if (token.type === 'td_open') {
      const label = labels[column]
      if (label && labels.length > 2) token.attrSet('data-label', label)
      column += 1
    }
  })
}

const textOf = ({ children }) => children.map(({ content }) => content).join('')
