import * as vscode from 'vscode';
import { CancellationError } from '../../shared/errors';

/** The user wants to answer the question before once more. */
export const back = Symbol('back');

export interface StepFrame {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

export interface PickRequest<T extends vscode.QuickPickItem> {
  readonly placeholder: string;
  readonly items: readonly T[];
  readonly active?: T;
}

/** One question of several, answered from a list. @throws CancellationError when the user gave up. */
export function pickStep<T extends vscode.QuickPickItem>(
  frame: StepFrame,
  { placeholder, items, active }: PickRequest<T>,
): Promise<T | typeof back> {
  const pick = vscode.window.createQuickPick<T>();
  pick.items = items;
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  if (active) pick.activeItems = [active];
  return answerOf(pick, frame, () => pick.selectedItems[0] ?? pick.activeItems[0]);
}

/** One question of several, answered with a text; `check` says what is wrong with it. */
export function inputStep(
  frame: StepFrame,
  request: {
    readonly prompt: string;
    readonly value: string;
    readonly check: (text: string) => string | undefined;
  },
): Promise<string | typeof back> {
  const box = vscode.window.createInputBox();
  box.prompt = request.prompt;
  box.value = request.value;
  box.validationMessage = request.check(box.value);
  box.onDidChangeValue((text) => (box.validationMessage = request.check(text)));
  return answerOf(box, frame, () => (request.check(box.value) === undefined ? box.value : undefined));
}

function answerOf<T, I extends vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox>(
  input: I,
  frame: StepFrame,
  answer: () => T | undefined,
): Promise<T | typeof back> {
  input.title = frame.title;
  input.step = frame.step;
  input.totalSteps = frame.totalSteps;
  // A glance at the file itself must not lose the answers.
  input.ignoreFocusOut = true;
  input.buttons = frame.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<T | typeof back>((resolve, reject) => {
    const done = (value: T | typeof back) => {
      resolve(value);
      input.dispose();
    };
    input.onDidTriggerButton(() => done(back));
    input.onDidAccept(() => {
      const value = answer();
      if (value !== undefined) done(value);
    });
    input.onDidHide(() => {
      reject(new CancellationError());
      input.dispose();
    });
    input.show();
  });
}
