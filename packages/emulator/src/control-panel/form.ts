/** A form of the control panel. */
export function form(path: string, content: string): string {
  return `<form method="post" action="/_emulator${path}">${content}</form>`
}
