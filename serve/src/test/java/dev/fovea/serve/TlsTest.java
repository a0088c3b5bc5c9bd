package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static Path model;
    private static KeyStore store;
    private static ServeOptions.Tls tls;

    @BeforeAll
    static void makeKeys() throws Exception {
        model = TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 5);
        store = keys("server", "EC");
        tls = pem("server", store);
    }

    @Test
    void requests_are_answered_over_tls_to_who_trusts_the_certificate() throws Exception {
        try (var server = start(tls)) {
            assertThat(server.address().getScheme()).isEqualTo("https");
            var caller = new Caller(server.address(), trusting(store, "TLSv1.3"));
            var answer = caller.post("/v1/models/colours/predict", "image/png", TinyModel.picture(0, 0, 255));
            assertThat(Caller.json(answer).at("/predictions/0/classes/0/class").asText())
                    .isEqualTo("blue");
            var older = new Caller(server.address(), trusting(store, "TLSv1.2"));
            assertThat(older.get("/v2/health/ready").statusCode()).isEqualTo(200);

            var request = HttpRequest.newBuilder(server.address()).build();
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding()))
                    .as("a certificate that nobody vouches for")
                    .isInstanceOf(SSLException.class);
            var plain = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.address().getPort() + "/v2/health/ready"))
                    .build();
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(plain, HttpResponse.BodyHandlers.discarding()))
                    .as("no TLS")
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void rsa_keys_serve_too() throws Exception {
        var rsa = keys("rsa", "RSA");
        try (var server = start(pem("rsa", rsa))) {
            var caller = new Caller(server.address(), trusting(rsa, "TLSv1.3"));
            assertThat(caller.get("/v2/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void keys_and_certificates_that_cannot_be_used_are_named() throws IOException {
        var encrypted = Files.writeString(
                folder.resolve("encrypted.pem"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertThatThrownBy(() -> start(new ServeOptions.Tls(encrypted, tls.certificates())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("encrypted.pem")
                .hasMessageContaining("openssl pkcs8")
                .hasMessageNotContaining("port");
        assertThatThrownBy(() -> start(new ServeOptions.Tls(tls.key(), tls.key())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(tls.key().toString());
        assertThatThrownBy(() -> start(new ServeOptions.Tls(tls.key(), folder.resolve("no.pem"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.pem");
    }

    private static Server start(ServeOptions.Tls with) throws IOException {
        return Server.start(
                List.of(new ModelSource("colours", model)),
                ServeOptions.DEFAULT.on("127.0.0.1", 0).withTls(with),
                line -> {});
    }

    /** A key for this machine and a certificate that it signed itself, made by the JDK's tool. */
    private static KeyStore keys(String name, String algorithm) throws Exception {
        var file = folder.resolve(name + ".p12");
        var tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        algorithm,
                        "-alias",
                        name,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(tool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    private static ServeOptions.Tls pem(String name, KeyStore keys) throws GeneralSecurityException, IOException {
        var key = keys.getKey(name, PASSWORD).getEncoded();
        var certificate = keys.getCertificate(name).getEncoded();
        return new ServeOptions.Tls(
                write(name + "-key.pem", "PRIVATE KEY", key),
                write(name + "-certificate.pem", "CERTIFICATE", certificate));
    }

    private static Path write(String name, String what, byte[] content) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + what + "-----\n");
    }

    private static HttpClient trusting(KeyStore keys, String protocol) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        String alias = keys.aliases().nextElement();
        trusted.setCertificateEntry(alias, keys.getCertificate(alias));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(context)
                .sslParameters(new SSLParameters(null, new String[] {protocol}))
                .build();
    }
}
