/** Formats an amount with its unit, with three significant digits. */
export function amountText(amount: number, unit: string): string {
  return `${digits(amount)} ${unit}`
}

/** Formats a ratio. */
export function ratioText(ratio: number): string {
  return digits(ratio)
}

function digits(amount: number): string {
  if (!Number.isFinite(amount)) return '?'
  if (amount === 0 || Number.isInteger(amount)) return amount.toLocaleString('en')
  const wanted = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(amount))))
  const shown = Math.min(wanted, 4)
  return amount.toLocaleString('en', { minimumFractionDigits: shown, maximumFractionDigits: shown })
}
