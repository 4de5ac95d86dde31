import * as vscode from 'vscode';
import { importPlaces } from './importFiles';
import { register } from '../contributions';
import { reported } from '../report';
import type { Services } from '../services';
import type { Disposable } from '../../shared/emitter';

/** "Load Sample Data": imports the made-up figures that come with the extension. Removing their source removes them. */
export function registerLoadSampleData(services: Services): Disposable {
  const samples = vscode.Uri.joinPath(services.extensionUri, 'media', 'sample');
  return register(
    'traceLedger.loadSampleData',
    reported(services.report, () => importPlaces(services, [samples])),
  );
}
