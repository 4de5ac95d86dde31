export interface PanelPage {
  /** What may be loaded besides the script: `Webview.cspSource`. */
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** BCP 47. */
  readonly language: string;
}

/**
 * The page around the webview bundle. All state travels through the protocol, none through this string. The id of the
 * stylesheet is what VS Code Elements look for to find their icons.
 */
export function panelHtml({ cspSource, nonce, script, style, language }: PanelPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${style}">
    <title>Costs</title>
  </head>
  <body><main id="root"></main><script nonce="${nonce}" src="${script}"></script></body>
</html>`;
}
