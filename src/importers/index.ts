import { claudeCode } from './claudeCode';
import { aider } from './aider';
import { cline } from './cline';
import { codex } from './codex';
import { copilotChat } from './copilotChat';
import { copilotCli } from './copilotCli';
import { fineTuneLab } from './fineTuneLab';
import { gemini } from './gemini';
import { geminiCli } from './geminiCli';
import { inspect } from './inspect';
import { langfuse } from './langfuse';
import { liteLlm } from './liteLlm';
import { llm } from './llm';
import { mlflow } from './mlflow';
import { nevil } from './nevil';
import { openAiRealtime } from './openAiRealtime';
import { openCode } from './openCode';
import { otlp } from './otlp';
import { phoenix } from './phoenix';
import { plato } from './plato';
import { promptfoo } from './promptfoo';
import { synthAi } from './synthAi';
import type { Importer, SourceFile } from './importer';

/** Every built-in source format. To add one: write its file, add its line here, add test/fixtures/<id>/. */
export const builtInImporters: readonly Importer[] = [
  synthAi,
  claudeCode,
  copilotChat,
  copilotCli,
  codex,
  plato,
  langfuse,
  fineTuneLab,
  openAiRealtime,
  nevil,
  gemini,
  geminiCli,
  aider,
  otlp,
  liteLlm,
  llm,
  phoenix,
  openCode,
  promptfoo,
  cline,
  mlflow,
  inspect,
];

/** The importer that knows the file, by its content. */
export const importerFor = (file: SourceFile, importers = builtInImporters): Importer | undefined =>
  importers.find((importer) => importer.detect(file));
