import { registerAlertLimits } from './alerts/chooseAlerts';
import { registerShowAlerts } from './alerts/showAlerts';
import { registerSnoozeAlerts } from './alerts/snoozeAlerts';
import { registerTellAlerts } from './alerts/tellAlerts';
import { registerChooseModels } from './commands/chooseModels';
import { registerCopySessionId } from './commands/copySessionId';
import { registerCopySessionTag } from './commands/copySessionTag';
import { registerEditNote } from './commands/editNote';
import { registerExport } from './commands/exportData';
import { registerImportFiles } from './commands/importFiles';
import { registerLoadSampleData } from './commands/loadSampleData';
import { registerRefresh } from './commands/refresh';
import { registerReimportSource } from './commands/reimportSource';
import { registerRemoveNote } from './commands/removeNote';
import { registerRemoveSource } from './commands/removeSource';
import { registerRevealSource } from './commands/revealSource';
import { registerShowCollapsed } from './commands/showCollapsed';
import { registerShowLog } from './commands/showLog';
import { registerShowNote } from './commands/showNote';
import { registerShowPassedOver } from './commands/showPassedOver';
import { registerShowProblems } from './commands/showProblems';
import { registerToggleIncluded } from './commands/toggleIncluded';
import { registerExplainCost } from './costs/explainCost';
import { registerWhatIf } from './costs/whatIf';
import { registerEnable } from './health/enable';
import { registerHealth } from './health/health';
import { registerLive } from './live';
import { registerFindTraces } from './foundTraces/findTraces';
import { registerImportWithMapping } from './mapping/importWithMapping';
import { registerNoteFileSystem } from './notes/noteFileSystem';
import { registerCostPanel } from './panel/costPanel';
import { registerEditPriceNote } from './prices/editPriceNote';
import { registerSetPrice } from './prices/setPrice';
import { registerThisIsModel } from './prices/thisIsModel';
import { registerOpenPriceSettings } from './prices/writePrice';
import { registerExportReconciliation } from './reconcile/exportReconciliation';
import { registerReconcileBill } from './reconcile/reconcileBill';
import { registerRemoveBill } from './reconcile/removeBill';
import { registerRepricing } from './repricing/repricing';
import { registerDeleteAllData } from './retention/deleteAllData';
import { registerResets } from './retention/resets';
import { registerRetention } from './retention/retention';
import { registerSessionDocument } from './session/sessionDocument';
import { registerSummaryDocument } from './summary/summaryDocument';
import { registerStatusBar } from './status/statusBar';
import type { Services } from './services';
import type { Views } from './tree/views';
import type { Disposable } from '../shared/emitter';

type Feature = (services: Services, views: Views) => Disposable;

/** Everything the user can see or call, beside the views. A feature is one function that gives back what ends it. */
export const features: readonly Feature[] = [
  registerLive,
  registerNoteFileSystem,
  registerSessionDocument,
  registerSummaryDocument,
  registerCostPanel,
  registerStatusBar,
  registerAlertLimits,
  registerTellAlerts,
  registerShowAlerts,
  registerSnoozeAlerts,
  registerExplainCost,
  registerWhatIf,
  registerSetPrice,
  registerThisIsModel,
  registerEditPriceNote,
  registerOpenPriceSettings,
  registerImportFiles,
  registerImportWithMapping,
  registerFindTraces,
  registerLoadSampleData,
  registerExport,
  registerRefresh,
  registerRepricing,
  registerCopySessionId,
  registerCopySessionTag,
  registerEditNote,
  registerShowNote,
  registerRemoveNote,
  registerReimportSource,
  registerRevealSource,
  registerRemoveSource,
  registerToggleIncluded,
  registerChooseModels,
  registerShowProblems,
  registerShowPassedOver,
  registerShowCollapsed,
  registerReconcileBill,
  registerRemoveBill,
  registerExportReconciliation,
  registerRetention,
  registerResets,
  registerDeleteAllData,
  registerHealth,
  registerEnable,
  registerShowLog,
];
