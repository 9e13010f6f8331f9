int crl_x;
