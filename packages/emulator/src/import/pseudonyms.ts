const FIRST_NAMES = ['Alan', 'Barbara', 'Claude', 'Dorothy', 'Edsger', 'Frances', 'Hedy', 'Karen', 'Margaret', 'Tim']
const LAST_NAMES = ['Turing', 'Liskov', 'Shannon', 'Vaughan', 'Dijkstra', 'Allen', 'Lamarr', 'Jones', 'Hamilton', 'Lee']
const MAX_SUBSTITUTED = 256
/** A shorter text is replaced only where it is a word. */
const MIN_PART = 6
/** A shorter number does not identify a person. */
const MIN_NUMBER = 4

/**
 * Made-up values for the personal data of one export. The same value always gets the same one, whatever its case. They are
 * numbered in the order of the export, and say nothing about the original.
 */
export class Pseudonyms {
  readonly #byKey = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** By the original in lower case. */
  readonly #substitutes = new Map<string, string>()
  /** Those that can identify a person, and so are replaced in URLs too. */
  readonly #identifying = new Set<string>()
  readonly #originals: ReadonlySet<string>

  /** @param originals all texts in the profiles, which no made-up value may be equal to */
  constructor(originals: Iterable<string>) {
    this.#originals = new Set(Array.from(originals, original => original.toLowerCase()))
  }

  firstName(original: string): string {
    return this.#name('first name', original, FIRST_NAMES)
  }

  lastName(original: string): string {
    return this.#name('last name', original, LAST_NAMES)
  }

  /** Another name, for example `displayName 2`. */
  name(attribute: string, original: string): string {
    return this.#identifyWords(
      original,
      this.#make(attribute, original, count => `${attribute} ${count}`),
    )
  }

  /** An email address, or a login of any format. Domains become `example.com`, `domain-2.example.com` and so on. */
  address(original: string): string {
    const at = original.lastIndexOf('@')
    const domain = at === -1 ? '' : `@${this.#domain(original.slice(at + 1))}`
    const pseudonym = this.#make('address', original, count => `user.${count}${domain}`)
    const localPart = at === -1 ? original : original.slice(0, at)
    this.#identify(localPart, pseudonym.split('@')[0] ?? pseudonym)
    return this.#identify(original, pseudonym)
  }

  phone(original: string): string {
    return this.#identify(
      original,
      this.#make('phone', original, count => `+1555${String(count).padStart(7, '0')}`),
    )
  }

  /** Any other text of a profile, for example `department 2`. */
  text(attribute: string, original: string): string {
    const pseudonym = this.#make(attribute, original, count => `${attribute} ${count}`)
    this.#substitutes.set(original.trim().toLowerCase(), pseudonym)
    return pseudonym
  }

  number(attribute: string, original: number): number {
    const pseudonym = this.#make(`number ${attribute}`, String(original), String)
    if (String(original).length >= MIN_NUMBER) this.#identify(String(original), pseudonym)
    return Number(pseudonym)
  }

  /** Replaces what profiles contain in a text, such as the name of a group. */
  replaceIn(text: string): string {
    return this.#replace(text, () => true)
  }

  /** Replaces names, addresses and phone numbers in a URL. */
  replaceInUrl(url: string): string {
    return this.#replace(url, original => this.#identifying.has(original)).replaceAll(' ', '-')
  }

  #name(kind: string, original: string, pool: readonly string[]): string {
    const pseudonym = this.#make(kind, original, count => {
      const name = pool[(count - 1) % pool.length] ?? ''
      return count > pool.length ? `${name}${Math.ceil(count / pool.length)}` : name
    })
    return this.#identifyWords(original, pseudonym)
  }

  #identifyWords(original: string, pseudonym: string): string {
    for (const word of original.split(/\s+/)) if (word.length > 1) this.#identify(word, pseudonym)
    return this.#identify(original, pseudonym)
  }

  #domain(original: string): string {
    return this.#make('domain', original, count => (count === 1 ? 'example.com' : `domain-${count}.example.com`))
  }

  #identify(original: string, pseudonym: string): string {
    const key = original.trim().toLowerCase()
    if (key !== '' && !this.#substitutes.has(key)) this.#substitutes.set(key, pseudonym)
    this.#identifying.add(key)
    return pseudonym
  }

  #make(kind: string, original: string, candidate: (count: number) => string): string {
    const key = `${kind}\n${original.trim().toLowerCase()}`
    const existing = this.#byKey.get(key)
    if (existing !== undefined) return existing
    let count = this.#counts.get(kind) ?? 0
    let pseudonym: string
    do {
      count++
      pseudonym = candidate(count)
    } while (this.#originals.has(pseudonym.toLowerCase()) && kind !== 'domain')
    this.#counts.set(kind, count)
    this.#byKey.set(key, pseudonym)
    return pseudonym
  }

  #replace(text: string, isReplaced: (original: string) => boolean): string {
    let result = ''
    let start = 0
    while (start < text.length) {
      const match = this.#findOriginal(text, start, isReplaced)
      result += match === undefined ? text[start] : this.#substitutes.get(match.original)
      start = match?.end ?? start + 1
    }
    return result
  }

  /** The longest original that starts at a position. */
  #findOriginal(text: string, start: number, isReplaced: (original: string) => boolean) {
    for (let end = Math.min(text.length, start + MAX_SUBSTITUTED); end > start; end--) {
      const original = text.slice(start, end).toLowerCase()
      const isWord = !isWordCharacter(text[start - 1]) && !isWordCharacter(text[end])
      const isPossible = isWord || end - start >= MIN_PART
      if (isPossible && this.#substitutes.has(original) && isReplaced(original)) return { original, end }
    }
    return undefined
  }
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}
