package io.coordkit;

/** A setting is missing, unknown or out of range, or asks for a guarantee that the backend does not give. */
public final class ConfigurationException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** A bad setting; the message names it and the value it had. */
    public ConfigurationException(String message) {
        super(message, null);
    }

    /** A bad setting; the message names it and the value it had. */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
