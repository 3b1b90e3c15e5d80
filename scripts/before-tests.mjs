import { build } from './set-up.mjs'
import { chromiumArguments, findSystemNeeds } from './system-needs.mjs'

/** Builds what has changed, and tells the tests what the system has for them: `inject('systemNeeds')`, and how to start its browser. */
export default function beforeTests({ provide }) {
  build()
  provide('systemNeeds', findSystemNeeds())
  provide('chromiumArguments', chromiumArguments)
}
