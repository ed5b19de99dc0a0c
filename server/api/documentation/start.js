// Nothing is sent anywhere but to this server: no validator, no settings from the address.
const xsrf = () => document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1];

window.SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#documentation',
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  requestInterceptor: request => {
    // What a page of another site could not send: the API's own header, and JupyterLab's.
    request.headers['X-Dashwright'] = '1';
    const token = xsrf();
    if (token) {
      request.headers['X-XSRFToken'] = token;
    }
    return request;
  }
});
