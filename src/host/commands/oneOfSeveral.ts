import type { QuickPickOptions } from 'vscode';

/**
 * One of several questions in a row. VS Code gives the focus back to what had it after each answer, to a webview some time
 * later: that must not take the next question away.
 */
export const oneOfSeveral = (title: string): QuickPickOptions => ({ title, ignoreFocusOut: true });
