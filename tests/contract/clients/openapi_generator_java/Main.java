// The scenario of `plain_http.py` with the client that openapi-generator makes for Java.

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ClientsApi;
import org.openapitools.client.api.ResellerApi;
import org.openapitools.client.api.SsoApi;
import org.openapitools.client.model.Cluster;
import org.openapitools.client.model.CreateClient;
import org.openapitools.client.model.ErrorBody;
import org.openapitools.client.model.Host;
import org.openapitools.client.model.Language;
import org.openapitools.client.model.ProvisioningProvider;
import org.openapitools.client.model.SettingsFields;
import org.openapitools.client.model.UpdateClient;
import org.openapitools.client.model.UpdateSettings;

public class Main {
  interface Call {
    Object run() throws ApiException;
  }

  static final ObjectMapper MAPPER = ApiClient.createDefaultObjectMapper();

  static Map<String, Object> refusal(Call call) throws JsonProcessingException {
    try {
      call.run();
    } catch (ApiException error) {
      ErrorBody body = MAPPER.readValue(error.getResponseBody(), ErrorBody.class);
      Map<String, Object> found = new HashMap<>();
      found.put("status", error.getCode());
      found.put("errors", body.getErrors());
      found.put("id", body.getId());
      return found;
    }
    throw new IllegalStateException("the call did not fail");
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient api = new ApiClient();
    api.updateBaseUri(System.getenv("CRANKWHEEL_BASE_URL"));
    String key = "Basic " + System.getenv("CRANKWHEEL_API_KEY");
    api.setRequestInterceptor(request -> request.setHeader("Authorization", key));
    ClientsApi clients = new ClientsApi(api);
    SsoApi sso = new SsoApi(api);
    ResellerApi reseller = new ResellerApi(api);
    String start = "2019-02-01T00:00:00Z";
    String end = "2019-02-28T23:59:59.999999Z";

    Map<String, Object> result = new LinkedHashMap<>();
    var plans = reseller.resellerPlans();
    result.put("reseller_plans", plans);
    var listed = clients.clientsList();
    result.put("clients_list", listed);
    Long oldest = listed.get(listed.size() - 1).getId();
    var fresh =
        new CreateClient()
            .sname("generated1")
            .lname("Generated & Company")
            .smsname("Gen1")
            .host(Host.SYNA_IS)
            .hl(Language.IS)
            .geo(Cluster.US1)
            .removeCwBranding(true)
            .firstExceededSoftLimit("2019-03-03 15:08:10.0Z")
            .hardLimitStarts("2019-03-31 00:00:00.0Z")
            .settings(
                new SettingsFields()
                    .provisioningProvider(ProvisioningProvider.RESELLER)
                    .auditLog(true)
                    .smsTemplate("Join us: {{link}}")
                    .contentFilterPattern("https://*.example.com/*"));
    var created = clients.clientsCreate(fresh);
    result.put("clients_create", created);
    Long id = created.getId();
    var settings = new UpdateSettings().id(created.getSettings().getId()).enableRemoteControl(true);
    clients.clientsUpdate(id, new UpdateClient().lname("Renamed").settings(settings));
    result.put("clients_get", clients.clientsGet(id));
    clients.clientsSetPlan(id, plans.get(1).getApiName());
    result.put("clients_get_with_plan", clients.clientsGet(id));
    String email = "anna@generated.example";
    result.put("sso_grant_token", sso.ssoGrantToken(email, id, "/ss/account/status", null));
    result.put("sso_login_options", sso.ssoLoginOptions(email));
    result.put("clients_usage", clients.clientsUsage(oldest, start, end, 60));
    result.put("clients_billing", clients.clientsBilling(oldest, start, end));
    result.put("reseller_billing", reseller.resellerBilling(start, end));
    result.put("reseller_usage", reseller.resellerUsage(start, end));
    result.put("conflict", refusal(() -> clients.clientsCreate(new CreateClient().sname("generated1"))));
    clients.clientsDelete(id);
    result.put("not_found", refusal(() -> clients.clientsGet(id)));
    System.out.println(MAPPER.writeValueAsString(result));
  }
}
