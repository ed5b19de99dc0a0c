// The names of all commands. One that no plugin has added is not offered anywhere: menus, palette and rows ask for it.

export const CommandIDs = {
  /** Show the panel. */
  show: 'dashwright:show-dashboards',
  /** Show the way around. */
  tour: 'dashwright:tour',
  /** Ask a question; opens a dialog. */
  new: 'dashwright:new',
  /** The same about the files that are selected in the file browser. */
  newFromFiles: 'dashwright:new-from-files',
  /** The following take `{slug}`; without it they are about the current dashboard. */
  open: 'dashwright:open',
  preview: 'dashwright:preview',
  editNotebook: 'dashwright:edit-notebook',
  runDraft: 'dashwright:run-draft',
  mergeDraft: 'dashwright:merge-draft',
  /** About the cell under the pointer, or the active one. */
  restoreCell: 'dashwright:restore-cell',
  showPlan: 'dashwright:show-plan',
  publish: 'dashwright:publish',
  refresh: 'dashwright:refresh',
  cancel: 'dashwright:cancel-job',
  schedule: 'dashwright:schedule',
  share: 'dashwright:share',
  showHistory: 'dashwright:show-history',
  export: 'dashwright:export',
  showViews: 'dashwright:show-views',
  copyLink: 'dashwright:copy-link',
  duplicate: 'dashwright:duplicate',
  delete: 'dashwright:delete'
} as const;
