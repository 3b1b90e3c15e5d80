export { diagnose } from '../diagnose/diagnose.js'
export { type CheckName, checkNames, type Finding } from '../diagnose/finding.js'
