/** A place to look a price up: a provider id of the price table, and the model's name there. */
export interface Candidate {
  readonly provider: string;
  readonly model: string;
}

/** Spellings of providers as traces, gateways and OpenTelemetry record them -> id in the price table. */
const providerIds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    anthropic: 'anthropic claude',
    avian: 'avian',
    aws: 'aws bedrock bedrock_converse amazon-bedrock amazon_bedrock aws.bedrock amazon',
    azure:
      'azure azure_ai azure-openai azure_openai azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference',
    cerebras: 'cerebras',
    cloudflare: 'cloudflare cloudflare_workers_ai',
    cohere: 'cohere cohere_chat',
    deepseek: 'deepseek',
    fireworks: 'fireworks fireworks_ai fireworks-ai',
    google:
      'google gemini vertex vertex_ai vertex_ai_beta vertexai google-vertex google_vertexai google_genai google-ai-studio ' +
      'gcp.gemini gcp.vertex_ai gcp.gen_ai models',
    groq: 'groq',
    minimax: 'minimax',
    mistral: 'mistral mistralai mistral_ai codestral',
    moonshotai: 'moonshotai moonshot moonshot_ai',
    novita: 'novita',
    openai: 'openai text-completion-openai',
    openrouter: 'openrouter',
    ovhcloud: 'ovhcloud',
    perplexity: 'perplexity',
    together: 'together together_ai togetherai together-ai',
    voyageai: 'voyageai voyage',
    'x-ai': 'x-ai xai x_ai',
    zai: 'zai z-ai z.ai zhipuai',
  }).flatMap(([id, spelled]) => spelled.split(' ').map((spelling): [string, string] => [spelling, id])),
);

/** Every provider that the price tables know. */
export const pricedProviders: readonly string[] = [...new Set(providerIds.values())];

const copilot = new Set(['copilot', 'github-copilot', 'github_copilot', 'github', 'github.copilot']);

/** Runs on someone's own machine: no list price applies. */
const local = new Set(
  'local custom ollama ollama_chat lmstudio lm_studio lm-studio llamacpp llama.cpp llama-cpp vllm hosted_vllm mlx'
    .split(' ')
    .concat(
      'localai gpt4all jan sglang tgi llamafile koboldcpp self-hosted selfhosted transformers onnx mock'.split(
        ' ',
      ),
    ),
);

/** Models that only their vendor sells, under one list price wherever they run. */
const closedVendors = new Set(['openai', 'anthropic', 'google', 'x-ai', 'cohere', 'voyageai']);

const vendorsByName: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-oss|gemma)/, ''],
  [
    /^(text-embedding-(3|ada)|chatgpt|gpt|o[134]\b|davinci|babbage|ada\b|curie|whisper-1|tts-|dall-e|codex|computer-use)/,
    'openai',
  ],
  [/^(omni-moderation|text-(davinci|curie|babbage|ada)|ft:(gpt|davinci|babbage))/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^(gemini|text-embedding-00|embedding-00|textembedding|imagen|veo-)/, 'google'],
  [/^grok/, 'x-ai'],
  [/^deepseek/, 'deepseek'],
  [/^(mistral|mixtral|codestral|ministral|magistral|devstral|pixtral|voxtral|open-mi)/, 'mistral'],
  [/^(command|embed-|rerank|c4ai)/, 'cohere'],
  [/^(kimi|moonshot)/, 'moonshotai'],
  [/^glm-/, 'zai'],
  [/^(sonar|pplx|r1-1776)/, 'perplexity'],
  [/^voyage/, 'voyageai'],
  [/^minimax/, 'minimax'],
];

const awsId =
  /^(?:(?:us|eu|apac|ap|jp|au|ca|global|us-gov)\.)?(?:anthropic|meta|amazon|mistral|cohere|deepseek|openai|qwen|ai21|minimax|moonshot|google|zai|nvidia|writer)\./;

/** Tags of local runners: `llama3.1:8b`, `mistral:latest`, `x:14b-q4_K_M`, and weight files. */
const localTag = /:(latest|[\w.]*\d[bm]([-_.].*)?|.*\bq\d.*)$|\.gguf$/;

export const isCopilot = (provider: string | undefined): boolean =>
  provider !== undefined && copilot.has(provider.trim().toLowerCase());

/** One spelling for all under which a provider is recorded. */
export function providerId(spelled: string): string {
  const name = spelled.trim().toLowerCase();
  return copilot.has(name) ? 'github-copilot' : (providerIds.get(name) ?? name);
}

/**
 * The vendor that a model's name itself tells, in the words of the importers (`openai`, `anthropic`, `google`, ...);
 * undefined for open weights that anybody may host, and for names that tell nothing.
 */
export function inferProvider(model: string): string | undefined {
  const name = model.trim().toLowerCase();
  if (localTag.test(name)) return undefined;
  const split = splitPrefix(name);
  if (split) return split.provider;
  return awsId.test(name) ? 'aws' : vendorOf(name);
}

/**
 * Where to look for the price of a model as a trace names it, best first: at the recorded provider, at those its
 * prefixes name, then at the vendor its name tells. Empty for local models and for open weights at an unknown host.
 */
export function candidates(provider: string | undefined, model: string): readonly Candidate[] {
  const hint = provider?.trim().toLowerCase() ?? '';
  const full = model
    .trim()
    .toLowerCase()
    .replace(/\[1m\]$/, '');
  if (local.has(hint) || local.has(full.split(/[/:]/)[0] ?? '')) return [];
  const recorded = providerIds.get(hint);
  const { places, rest } = unprefix(full);
  const onAws = awsId.test(rest);
  const named = [...places, ...(onAws ? [{ provider: 'aws', model: rest }] : [])];
  const name = onAws ? bareAwsName(rest) : rest;
  return [
    ...spelled(recorded, full),
    ...named,
    ...atVendor(name, recorded ?? named[0]?.provider, recorded !== undefined),
    ...(copilot.has(hint) ? [{ provider: 'github-copilot', model: name }] : []),
  ];
}

/** Peels `openrouter/anthropic/claude-...` prefix by prefix; each is a place to look. */
function unprefix(full: string): { readonly places: readonly Candidate[]; readonly rest: string } {
  const places: Candidate[] = [];
  let rest = full;
  for (let split = splitPrefix(rest); split; split = splitPrefix(rest)) {
    rest = split.rest;
    places.push(...spelled(split.provider, rest));
  }
  return { places, rest };
}

/** Without the prefixes that name that provider: `anthropic/claude-...` at `anthropic`. */
export function withoutPrefix(provider: string, full: string): string {
  let rest = full;
  for (let split = splitPrefix(rest); split?.provider === provider; split = splitPrefix(rest))
    rest = split.rest;
  return rest;
}

/** The vendor's own price: where it is the host, where none is known, and for models that only the vendor sells. */
function atVendor(name: string, host: string | undefined, recorded: boolean): readonly Candidate[] {
  if (name.includes('/') || (!recorded && localTag.test(name))) return [];
  const vendor = vendorOf(name);
  if (!vendor) return [];
  return host === undefined || host === vendor || closedVendors.has(vendor) ? spelled(vendor, name) : [];
}

const spelled = (provider: string | undefined, name: string): readonly Candidate[] =>
  provider === undefined ? [] : spellings(name).map((model) => ({ provider, model }));

function vendorOf(name: string): string | undefined {
  return vendorsByName.find(([pattern]) => pattern.test(name))?.[1] || undefined;
}

/** `openai/gpt-4o`, `openai:gpt-4o`, `bedrock/us-east-1/...`, `accounts/fireworks/models/...` (whose prefix is part of the id). */
function splitPrefix(name: string): { readonly provider: string; readonly rest: string } | undefined {
  if (name.startsWith('accounts/fireworks/')) return undefined;
  const cut = /^([a-z0-9_.-]+)(?:\/|:(?!\d))(.+)$/.exec(name.replace(/^~/, ''));
  const [, prefix = '', rest = ''] = cut ?? [];
  const provider = copilot.has(prefix) ? inferProvider(rest) : providerIds.get(prefix);
  if (!provider) return undefined;
  return { provider, rest: rest.replace(/^(?:converse|invoke)\/|^(?:[a-z]{2}-(?:gov-)?[a-z]+-\d)\//, '') };
}

const bareAwsName = (name: string): string =>
  name
    .replace(/^(?:[a-z-]+\.)?(?:anthropic|meta|amazon|mistral|cohere|deepseek|openai)\./, '')
    .replace(/(?<=\d)-v\d+(?::\d+)?$/, '');

/** The same name as price tables may write it: exact, with `@` as a dash, without suffixes, versions dashed, undated. */
function spellings(name: string): readonly string[] {
  const plain = name
    .replace(/@/, '-')
    .replace(/(?<=\d)-v\d+:\d+$/, '')
    .replace(/:(?:thinking|beta)$/, '');
  const dashed = plain.replace(/(\d)\.(\d)/g, '$1-$2');
  const undated = plain.replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d|\d{4})$/, '');
  return [...new Set([name, plain, dashed, undated])];
}
