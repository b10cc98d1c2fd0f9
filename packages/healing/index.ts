export { recordHealingEvent, type HealingEvent } from './events.ts';
export { fixupName, fixupWords, type FixupWords } from './fixup-words.ts';
export { listOpenIssues, requestRepair, toHealingEventView, toIssueView, toRepairView } from './issues.ts';
export { findMaintenance, releaseMaintenance, takeMaintenance, withMaintenance, type MaintenanceLock } from './maintenance.ts';
export { fixupById, fixupFacts, suggestionsFor, type FixupFacts } from './registry.ts';
