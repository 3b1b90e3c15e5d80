/** As drawn, for light pages. Each is a colour that nothing else here has: {@link inTheDark} finds it by its value. */
export const colours = {
  background: '#fdfdfe',
  text: '#1f2328',
  quiet: '#59636e',
  line: '#d8dee4',
  ours: '#0969da',
  reference: '#818b98',
  other: '#c4ccd5',
} as const

/** What each of them is where the reader prefers dark pages. */
export const inTheDark: Readonly<Record<string, string>> = {
  [colours.background]: '#0e1218',
  [colours.text]: '#f0f6fc',
  [colours.quiet]: '#9198a1',
  [colours.line]: '#2f3742',
  [colours.ours]: '#4493f8',
  [colours.reference]: '#8b949e',
  [colours.other]: '#4b535d',
}

/** Tells one curve of a panel from the next. */
export const dashes = ['solid', 'dashed', 'dotted'] as const
