import type { Org } from '../org.js'
import type { AppRegistration } from './app.js'

/** An app in a list, or one that was deleted. */
export interface ListedApp {
  readonly id: string
  readonly app: AppRegistration
  readonly isDeleted: boolean
}

/** The apps of an org by ID. With deleted apps in the list, a cursor that points to one stays valid. */
export function listedApps({ apps, deletedApps }: Org): readonly ListedApp[] {
  const listed = [...apps.values()].map(app => ({ id: app.clientId, app, isDeleted: false }))
  const deleted = [...deletedApps.values()].map(app => ({ id: app.clientId, app, isDeleted: true }))
  return [...listed, ...deleted].sort(
    (a, b) => a.app.created.getTime() - b.app.created.getTime() || compare(a.id, b.id),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
