import * as vscode from 'vscode';
import { register } from '../contributions';
import { reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Turn On": reading goes on where it was turned off. */
export const registerEnable = ({ report }: Services): Disposable =>
  register(
    'traceLedger.enable',
    reported(report, async () => {
      const { Global } = vscode.ConfigurationTarget;
      await vscode.workspace.getConfiguration().update('traceLedger.enabled', undefined, Global);
    }),
  );
