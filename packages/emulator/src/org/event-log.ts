import type { LoggedEvent } from '../log-events/list-log-events.js'
import { buildLogEvent, type LogEntry } from '../log-events/log-event.js'
import type { Clock } from './clock.js'
import type { Random } from './random.js'

const MAX_EVENTS = 10_000

/** The system log of an org, oldest first. At most the latest 10,000 events are stored. */
export class EventLog {
  readonly #clock: Clock
  readonly #random: Random
  #sequence = 0
  #events: LoggedEvent[] = []

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  get events(): readonly LoggedEvent[] {
    return this.#events
  }

  add(entry: Omit<LogEntry, 'uuid' | 'published'>): void {
    this.#sequence += 1
    const published = new Date(this.#clock.now())
    const event = buildLogEvent({ ...entry, uuid: this.#random.uuid('event'), published })
    if (this.#events.length >= MAX_EVENTS) this.#events = this.#events.slice(MAX_EVENTS / 2)
    this.#events.push({ sequence: this.#sequence, event })
  }

  clear(): void {
    this.#events = []
  }
}
