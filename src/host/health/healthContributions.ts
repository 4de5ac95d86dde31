import type { IntegrityCheck } from '../../shared/healthApi';

/** Commands about the state of the extension itself. */
export interface HealthCommands {
  /** Opens a document that follows changes. */
  'traceLedger.showHealth'(): void;
  'traceLedger.checkIntegrity'(): IntegrityCheck | undefined;
  /** Resolves to what is in the clipboard then. */
  'traceLedger.copyDiagnostics'(): string | undefined;
  /** The way back from `traceLedger.enabled: false`. */
  'traceLedger.enable'(): void;
}

export interface HealthSettings {
  /** Whether anything is read at all. */
  'traceLedger.enabled': boolean;
}
