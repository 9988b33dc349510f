//! The address that webhook events are sent to.

use unigox_client::{operations, types};
use url::Url;

use crate::{Client, Error, Response, Result, environment::is_loopback};

/// What `deleteWebhook` sends as the identifier in its path, which the server ignores: there is one address for each partner.
const THE_ONE_ADDRESS: &str = "current";

/// The address that the partner's webhook events are sent to. From [`Client::webhooks`].
///
/// There is one address for each partner and environment. Events are received with the module `webhooks`, which is there
/// with the feature of that name.
#[derive(Clone, Debug)]
pub struct WebhooksHandle {
    client: Client,
}

impl Client {
    /// The address that the partner's webhook events are sent to.
    pub fn webhooks(&self) -> WebhooksHandle {
        WebhooksHandle { client: self.clone() }
    }
}

impl WebhooksHandle {
    /// Sends events to `url` from now on, in place of an address that was registered before.
    ///
    /// `url` has to be `https`, and not in a private network; plain `http` is for a mock server, and on the loopback alone.
    /// The secret that events are signed with does not come from this call, but from Unigox.
    ///
    /// `registerWebhook`. Safe to repeat: it sets the same address again.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `url` is not an `https` URL; 400 if the server does not
    /// accept it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// unigox.webhooks().register("https://example.com/webhooks/unigox").await?;
    /// let test = unigox.webhooks().send_test_event().await?;
    /// println!("accepted: {:?}", test.delivered);
    /// # Ok(())
    /// # }
    /// ```
    pub fn register<U: Into<String>>(
        &self,
        url: U,
    ) -> impl Future<Output = Result<Response<types::WebhookConfigResponse>>> + Send + use<U> {
        let body = types::RegisterWebhookRequest::new(url);
        let client = self.client.clone();
        async move {
            check_url(&body.url).map_err(|error| error.with_operation(&operations::REGISTER_WEBHOOK))?;
            client.api().register_webhook(&body).await
        }
    }

    /// Reads the address. `url` is null if none is registered.
    ///
    /// `getWebhook`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the key is not valid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// let address = unigox.webhooks().get().await?;
    /// println!("registered: {}", address.url.iter().flatten().count() > 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self) -> impl Future<Output = Result<Response<types::WebhookConfigResponse>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_webhook().await }
    }

    /// Sends a test event to the address, signed as any other, and tells what the response was.
    ///
    /// `testPingWebhook`. Safe to repeat: it sends one more test event.
    ///
    /// # Errors
    ///
    /// 400 if no address is registered; 502 if the address did not respond in time, or not with a 2xx status.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// let test = unigox.webhooks().send_test_event().await?;
    /// println!("responded with {:?}", test.http_status);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_test_event(
        &self,
    ) -> impl Future<Output = Result<Response<types::WebhookTestPingResponse>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().test_ping_webhook().await }
    }

    /// Removes the address. No event is sent until one is registered again.
    ///
    /// `deleteWebhook`. Not safe to repeat, by the document; [`get`](Self::get) tells whether the address is still there.
    /// The identifier in the path of this operation is ignored by the server, so none is asked for here.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the key is not valid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// unigox.webhooks().delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self) -> impl Future<Output = Result<Response<types::DeleteWebhookResponseData>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().delete_webhook(THE_ONE_ADDRESS).await }
    }
}

fn check_url(url: &str) -> Result<()> {
    let is_accepted = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let accepted = Url::parse(url).ok().filter(is_accepted);
    accepted.map(drop).ok_or_else(|| Error::invalid("url", "is not an https URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_the_loopback() {
        for url in ["https://example.com/a", "http://127.0.0.1:80/a", "http://localhost/a"] {
            assert!(check_url(url).is_ok(), "{url}");
        }
        for url in ["", " ", "a", "/a", "http://example.com/a", "ftp://127.0.0.1/a", "https://"] {
            let error = check_url(url).expect_err("it is not accepted");
            assert_eq!(error.field(), Some("url"), "{url}");
        }
    }
}
