// What can be done in the tab of a plan; each takes `{slug}`, or is about the tab that is looked at.
export const PlanCommandIDs = {
  save: 'dashwright:save-plan',
  undo: 'dashwright:undo-plan-edit',
  redo: 'dashwright:redo-plan-edit',
  revert: 'dashwright:revert-plan'
} as const;
